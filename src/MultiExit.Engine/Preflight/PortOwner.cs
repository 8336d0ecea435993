using System.Net;

namespace MultiExit.Engine.Preflight;

/// <summary>The process that has a port, as far as this user may see it. Linux.</summary>
/// <param name="Name">The name of its program.</param>
/// <param name="ProcessId">Its number.</param>
public sealed record PortOwner(string Name, int ProcessId)
{
    /// <summary>Finds it.</summary>
    /// <returns>Null where there is none, or where this user may not see it.</returns>
    public static PortOwner? Find(IPEndPoint endPoint) => !OperatingSystem.IsLinux() ? null
        : (PortHolders.Find(SystemFiles.OfHost, endPoint, isUdp: false) ?? PortHolders.Find(SystemFiles.OfHost, endPoint, isUdp: true)) is { } holder
            ? new PortOwner(holder.Name, holder.ProcessId) : null;
}
