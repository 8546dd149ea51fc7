"""文书模板: the mine's own Word templates, for every kind of document that the parts above print.

A part declares a kind (`declare_document`): what it is called, who looks after it, the fields with their meaning, samples
to check a template with, and a default template. The mine downloads the default, rewrites it in Word, and uploads it as
the next version; a template is kept only when it prints the samples. Older versions stay, because papers were made of
them.
"""
