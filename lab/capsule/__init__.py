"""Where a run takes place so that nothing of it escapes: namespaces of this kernel, with a small init of their own."""
