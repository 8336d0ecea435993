using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Groups of fake exits, and requests to them.</summary>
internal static class Pools
{
    public static ExitGroup Of(string name, IStrategy strategy, int retries, params IExit[] members) =>
        new(name, Members(members), strategy, retries, TimeProvider.System);

    /// <summary>Members with states of their own and the weights 1, or those given.</summary>
    public static Member[] Members(IReadOnlyList<IExit> exits, params int[] weights) =>
        [.. exits.Select((exit, index) => new Member(exit, new ExitState(exit.Name), index < weights.Length ? weights[index] : 1))];

    public static Member[] Named(params string[] names) => Members([.. names.Select(name => new FakeExit(name))]);

    public static Destination To(string host, int port = 443)
    {
        Assert.True(Destination.TryFromHost(host, port, out Destination? destination));
        return destination;
    }

    public static DialContext From(string client, string? user = null) => new()
    {
        Request = new RequestInfo
        {
            Inbound = "in", User = user, Client = new IPEndPoint(IPAddress.Parse(client), 50000), Local = new IPEndPoint(IPAddress.Loopback, 1080),
            Destination = To("a.example"),
        },
    };
}
