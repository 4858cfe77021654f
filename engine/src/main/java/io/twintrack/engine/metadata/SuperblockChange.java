package io.twintrack.engine.metadata;

/** Edits a copy of the superblock that is about to be written. */
@FunctionalInterface
public interface SuperblockChange {
    void edit(Superblock superblock);
}
