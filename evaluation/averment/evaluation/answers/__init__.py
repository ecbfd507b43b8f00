"""`averment eval answers`: three arms on the same questions, texts and model, judged by the same rules."""
