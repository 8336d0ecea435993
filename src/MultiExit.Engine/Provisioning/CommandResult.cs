namespace MultiExit.Engine.Provisioning;

/// <summary>The result of a command.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The error on one line.</summary>
    public string Reason =>
        string.Join("; ", Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(2)) is { Length: > 0 } text
        ? text
        : $"exit code {ExitCode}";
}
