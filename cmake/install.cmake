# What `cmake --install` puts where is added here, one block a component.
