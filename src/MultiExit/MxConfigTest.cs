using MultiExit.Engine.Configuration;

namespace MultiExit;

/// <summary>What Test-MxConfig found in a file.</summary>
public sealed class MxConfigTest
{
    internal MxConfigTest(string path, ConfigResult result)
    {
        Path = path;
        IsValid = result.IsValid;
        Dialect = result.Dialect;
        Errors = [.. result.Errors.Select(error => new MxConfigError(error))];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a server can start from it.</summary>
    public bool IsValid { get; }

    /// <summary>What the document was recognised as.</summary>
    public string Dialect { get; }

    /// <summary>All faults, in the order of the file.</summary>
    public MxConfigError[] Errors { get; }
}
