"""jieba's cuts, compiled: identical token lists, many times the speed."""

from engine.text.cut.tokenizer import Tokenizer

__all__ = ["Tokenizer"]
