"""The dataset on disk: immutable parts, a build made from them, a manifest swapped last."""
