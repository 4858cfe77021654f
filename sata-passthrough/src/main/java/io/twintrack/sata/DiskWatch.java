package io.twintrack.sata;
final class DiskWatch { }
