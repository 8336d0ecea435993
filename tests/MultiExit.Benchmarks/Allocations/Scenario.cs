namespace MultiExit.Benchmarks.Allocations;

/// <summary>A way of one session through one server or two.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Entrance">The configuration of the server that the client asks, by SOCKS5; <c>PORT</c> stands for the port of the other one.</param>
/// <param name="Far">The configuration of the other server; null: there is none.</param>
/// <param name="Bytes">How many bytes the client sends and takes back.</param>
internal sealed record Scenario(string Name, string Entrance, string? Far = null, int Bytes = 1)
{
    public override string ToString() => Name;
}
