using MultiExit.Engine.Server;

namespace MultiExit;

/// <summary>What Test-MxConfig found in a file.</summary>
public sealed class MxConfigTest
{
    internal MxConfigTest(string path, string dialect, ConfigCheck check, MxReplay? replay = null)
    {
        Path = path;
        IsValid = check.Errors.Count == 0;
        Dialect = dialect;
        Errors = [.. check.Errors.Select(error => new MxConfigError(error))];
        Replay = replay;
        Warnings = [.. check.Warnings.Select(warning => new MxWarning(warning))];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a server can start from it; with -TextOnly whether one could on the machine that it is for.</summary>
    public bool IsValid { get; }

    /// <summary>What the document was recognised as.</summary>
    public string Dialect { get; }

    /// <summary>With -Against, what a server that runs it would have done with the sessions; null without, and where the file has faults.</summary>
    public MxReplay? Replay { get; }

    /// <summary>All faults, in the order of the file.</summary>
    public MxConfigError[] Errors { get; }

    /// <summary>What a server that starts from it would warn of, as far as it can be known before; none with -TextOnly.</summary>
    public MxWarning[] Warnings { get; }
}
