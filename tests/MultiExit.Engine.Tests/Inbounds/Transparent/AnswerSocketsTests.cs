using System.Net;
using MultiExit.Engine.Inbounds.Transparent;

namespace MultiExit.Engine.Tests.Inbounds.Transparent;

/// <summary>The sockets that answers leave from.</summary>
public sealed class AnswerSocketsTests : IAsyncDisposable
{
    private readonly UnprivilegedTransport _transport = new();

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    [Fact]
    public void Clients_of_one_place_share_a_socket_until_the_last_one_has_gone()
    {
        AnswerSockets sockets = new(_transport);
        AnswerSocket first = sockets.Hold(Place(1)), second = sockets.Hold(Place(1));
        Assert.Same(first, second);
        sockets.Release(first);
        Assert.True(sockets.Use(second));
        sockets.Release(second);
        Assert.False(sockets.Use(second));
        Assert.Equal(0, sockets.Count);
        Assert.Single(_transport.Asked);
    }

    [Fact]
    public void Where_all_are_in_use_the_one_of_the_longest_ago_makes_room()
    {
        AnswerSockets sockets = new(_transport);
        AnswerSocket[] held = [.. Enumerable.Range(0, AnswerSockets.Capacity).Select(i => sockets.Hold(Place(i)))];
        Assert.True(sockets.Use(held[0]));
        AnswerSocket late = sockets.Hold(Place(AnswerSockets.Capacity));
        Assert.Equal(AnswerSockets.Capacity, sockets.Count);
        Assert.True(sockets.Use(held[0]));
        Assert.False(sockets.Use(held[1]));
        // The holder of the closed one comes back, and what it gives back later is not the new one.
        AnswerSocket again = sockets.Hold(Place(1));
        sockets.Release(held[1]);
        Assert.True(sockets.Use(again));
        foreach (AnswerSocket socket in (AnswerSocket[])[.. held[2..], held[0], late, again]) sockets.Release(socket);
        Assert.Equal(0, sockets.Count);
    }

    private static IPEndPoint Place(int number) => new(new IPAddress([203, 0, (byte)(number >> 8), (byte)number]), 53);
}
