"""培训规定: the dated numbers of the training rules, each with its source. Below everything else of learning."""
