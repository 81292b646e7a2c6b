//! Compressed files, called as a lane calls them.
