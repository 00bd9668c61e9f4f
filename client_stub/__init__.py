"""What runs on a tablet: the Python field client and the simulated fleet; it knows HTTP and `schemas`."""
