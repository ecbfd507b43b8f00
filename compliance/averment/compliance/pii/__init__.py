"""Personal data in text: finding it, masking it, counting it. `detector` finds, `masking` masks."""
