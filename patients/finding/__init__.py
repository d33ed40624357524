"""Finding patients: by what people have at hand, and those who may be registered twice."""
