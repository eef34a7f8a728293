"""Still pictures and animations: the only way to Pillow, and what their files carry beside the pixels."""
