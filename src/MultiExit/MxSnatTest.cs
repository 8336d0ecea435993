using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>What Test-MxSnat found for a file.</summary>
public sealed class MxSnatTest
{
    internal MxSnatTest(string path, string config, string backend, IReadOnlyList<SetupDifference> differences)
    {
        Path = path;
        Config = config;
        Backend = backend;
        Differences = [.. differences.Select(difference => new MxSnatDifference(difference))];
        IsInPlace = Differences.Length == 0;
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>The configuration's name.</summary>
    public string Config { get; }

    /// <summary>The firewall program that holds the set-up, or would.</summary>
    public string Backend { get; }

    /// <summary>Whether everything is as planned.</summary>
    public bool IsInPlace { get; }

    /// <summary>All differences.</summary>
    public MxSnatDifference[] Differences { get; }
}
