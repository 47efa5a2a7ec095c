-- Scripts get everything through `require "perigee"`: there are no extra globals.
std = "lua54"
max_line_length = 100
