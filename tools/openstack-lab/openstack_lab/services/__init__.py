"""One module per OpenStack service; `deployed` lists those that a cluster runs."""
