(module (memory 32) (func (export "_start")))
