using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The store of a fleet with its tables.</summary>
public sealed class MxStore
{
    internal MxStore(string config, string fleet, StoreStatus before)
    {
        Config = config;
        Fleet = fleet;
        Store = before.Store;
        Version = before.Needed;
        VersionBefore = before.Version;
    }

    /// <summary>The configuration that names it.</summary>
    public string Config { get; }

    /// <summary>The name of the fleet in that configuration.</summary>
    public string Fleet { get; }

    /// <summary>The store, without a password.</summary>
    public string Store { get; }

    /// <summary>The version of its tables.</summary>
    public int Version { get; }

    /// <summary>The version that they had before; 0: there were none.</summary>
    public int VersionBefore { get; }

    /// <summary>The store.</summary>
    public override string ToString() => Store;
}
