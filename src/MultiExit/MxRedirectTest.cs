using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>What Test-MxRedirect found for a file.</summary>
public sealed class MxRedirectTest
{
    internal MxRedirectTest(string path, string config, IReadOnlyList<SetupDifference> differences)
    {
        Path = path;
        Config = config;
        Differences = [.. differences.Select(difference => new MxRedirectDifference(difference))];
        IsInPlace = Differences.Length == 0;
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>The configuration's name.</summary>
    public string Config { get; }

    /// <summary>Whether everything is as planned.</summary>
    public bool IsInPlace { get; }

    /// <summary>All differences.</summary>
    public MxRedirectDifference[] Differences { get; }
}
