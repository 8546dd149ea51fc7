"""The style guide: every component with realistic words, for developers and tests only; never in a served mine."""
