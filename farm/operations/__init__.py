"""One function for each thing that people do: values in, values out, nothing printed."""
