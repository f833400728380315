// Paths in the configuration: those that are not absolute start at the folder of the configuration file.

/** Of Unix, and of Windows with a drive or a share. */
const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/;

/** The folder that `file` lies in, its last slash included; empty, which is the working folder, without a file. */
export function folderOf(file: string | undefined): string {
  return /^.*[/\\]/s.exec(file ?? "")?.[0] ?? "";
}

/** `path` as the program opens it. */
export function pathFrom(folder: string, path: string): string {
  return ABSOLUTE.test(path) ? path : `${folder}${path}`;
}
