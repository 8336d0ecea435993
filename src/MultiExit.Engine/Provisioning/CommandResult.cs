namespace MultiExit.Engine.Provisioning;

/// <summary>What a command came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it complained about.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The complaint on one line.</summary>
    public string Reason => string.Join("; ", Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(2)) is { Length: > 0 } text
        ? text
        : $"exit code {ExitCode}";
}
