"""The sections of a report, one file each: a subject in, a `Section` out."""
