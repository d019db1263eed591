"""The facilitator's forms, and the notebook that holds them."""
