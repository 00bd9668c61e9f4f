"use strict";
// Shows the API's own description; a file of its own, because inline scripts are forbidden here.
SwaggerUIBundle({ url: document.getElementById("api").dataset.description, dom_id: "#api", validatorUrl: null });
