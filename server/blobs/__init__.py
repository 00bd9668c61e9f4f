"""Photographs and scans: how they come in (tus), what is kept of them and where, and who reads them.

    api/uploads.py ─> uploads.py    an upload by its offset; a chunk counts when it is on disk
                        room.py         is there room for it?
                        finishing.py    whole: hash, type, metadata, thumbnail, one transaction
                          content.py, cleaning.py, thumbnails.py
                          store.py        what is kept, by the SHA-256 of its bytes
    api/blobs.py, web/photos.py ─> access.py   who reads it
    intake.py ─> naming.py          which op names which hash
    sweeping.py                     what was abandoned, and what nobody names any more

A blob is called by the SHA-256 of what was sent, also where less is kept of it: docs/decisions/0013.
"""
