using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Finds listeners that cannot both be bound.</summary>
internal sealed class ListenTable(ErrorList errors)
{
    private readonly Dictionary<(int Port, bool IsUdp), List<(IPEndPoint EndPoint, SourcePlace Place)>> _byPort = [];

    /// <summary>Reads the address of a listener and adds it.</summary>
    /// <param name="reader">The mapping that has it.</param>
    /// <param name="node">The address; null where it is missing.</param>
    /// <param name="network">Which of the ports with the number it is.</param>
    /// <returns>Null after an error.</returns>
    public IPEndPoint? Read(MapReader reader, ConfigNode? node, ForwardNetwork network = ForwardNetwork.Tcp)
    {
        string? text = node is null ? null : reader.Context.Values.Text(node, ListenText.Expected);
        if (text is null) return null;
        if (ListenText.Parse(text, out IPEndPoint? endPoint) is { } problem)
        {
            errors.Add(node!.Place, $"\"{ShownUrl.Of(text)}\" {problem}");
            return null;
        }
        Add(endPoint!, node!.Place, network);
        return endPoint;
    }

    /// <summary>Adds a listener, or reports the one that it collides with.</summary>
    public void Add(IPEndPoint endPoint, SourcePlace place, ForwardNetwork network = ForwardNetwork.Tcp)
    {
        // Port 0 is a free port each time.
        if (endPoint.Port == 0) return;
        if (network != ForwardNetwork.Udp && !TryAdd(endPoint, place, isUdp: false)) return;
        if (network != ForwardNetwork.Tcp) TryAdd(endPoint, place, isUdp: true);
    }

    private bool TryAdd(IPEndPoint endPoint, SourcePlace place, bool isUdp)
    {
        (int Port, bool IsUdp) key = (endPoint.Port, isUdp);
        if (!_byPort.TryGetValue(key, out List<(IPEndPoint EndPoint, SourcePlace Place)>? others)) _byPort[key] = others = [];
        foreach ((IPEndPoint other, SourcePlace there) in others)
        {
            if (!ListenAddress.Covers(other.Address, endPoint.Address) && !ListenAddress.Covers(endPoint.Address, other.Address)) continue;
            errors.Add(place, $"{endPoint} is already taken by the listener {other} of line {there.Line}; expected another address or port");
            return false;
        }
        others.Add((endPoint, place));
        return true;
    }
}
