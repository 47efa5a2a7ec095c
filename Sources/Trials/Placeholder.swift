// First file of the module; replaced by its first real one.
