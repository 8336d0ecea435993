namespace MultiExit.Host;

/// <summary>The exit code of the process. The numbers are stable; <c>multiexit --help</c> and docs/operations.md list them.</summary>
internal enum ExitCode
{
    Ok = 0,
    Unexpected = 1,
    Usage = 2,
    InvalidConfiguration = 3,
    Address = 4,
    PermissionDenied = 5,
    Certificate = 6,
    Network = 7,
    Library = 8,
}
