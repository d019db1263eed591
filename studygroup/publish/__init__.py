"""Generated pages: notebooks run by papermill, and what is exported from them."""
