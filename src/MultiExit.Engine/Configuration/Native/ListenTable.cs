using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Finds listeners that cannot both be bound.</summary>
internal sealed class ListenTable(ErrorList errors)
{
    private readonly Dictionary<int, List<(IPEndPoint EndPoint, SourcePlace Place)>> _byPort = [];

    /// <summary>Adds a listener, or returns the one that it collides with.</summary>
    public void Add(IPEndPoint endPoint, SourcePlace place)
    {
        // Port 0 is a free port each time.
        if (endPoint.Port == 0) return;
        if (!_byPort.TryGetValue(endPoint.Port, out List<(IPEndPoint EndPoint, SourcePlace Place)>? others)) _byPort[endPoint.Port] = others = [];
        foreach ((IPEndPoint other, SourcePlace there) in others)
        {
            if (!Covers(other.Address, endPoint.Address) && !Covers(endPoint.Address, other.Address)) continue;
            errors.Add(place, $"{endPoint} is already taken by the listener {other} of line {there.Line}; expected another address or port");
            return;
        }
        others.Add((endPoint, place));
    }

    private static bool Covers(IPAddress a, IPAddress b) =>
        a.Equals(b) || a.Equals(IPAddress.IPv6Any) || a.Equals(IPAddress.Any) && b.AddressFamily == AddressFamily.InterNetwork;
}
