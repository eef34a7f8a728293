"""Files that are neither pictures nor archives: documents, fonts, programs, sound. One format a file."""
