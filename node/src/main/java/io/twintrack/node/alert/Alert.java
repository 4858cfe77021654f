package io.twintrack.node.alert;

/**
 * Something that a person should know of, as it stands in JSON; docs/CONTROL.md tells what each field means.
 *
 * @param event    such as {@code severed}.
 * @param node     iSCSI name of the node that tells.
 * @param pair     its name, or the peer's iSCSI name where no pair is concerned yet, or a disk's path.
 * @param time     when it was told, UTC.
 * @param since    when it began, UTC.
 * @param what     happened.
 * @param atRisk   what can be lost or is not served while it lasts.
 * @param whatToDo names the command where there is one.
 */
public record Alert(
    String event, String node, String pair, String time, String since, String what, String atRisk, String whatToDo) {
}
