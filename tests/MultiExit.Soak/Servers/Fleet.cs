using System.Net;

namespace MultiExit.Soak.Servers;

/// <summary>The servers: <c>near</c>, which clients speak to, <c>far</c>, the way to which no fault touches, and <c>frail</c>, which is
/// cut off and killed.</summary>
internal sealed class Fleet : IDisposable
{
    private readonly Dictionary<string, Wire> _wires = [];
    private readonly FarConfig _frail;

    public Fleet(string folder, IPEndPoint target)
    {
        Directory.CreateDirectory(Path.Combine(folder, "log"));
        Identity identity = new(folder);
        Disk = new SmallDisk(Path.Combine(folder, "disk"));
        FarText = new FarConfig("far", identity, target);
        _frail = new FarConfig("frail", identity, target);
        foreach ((string inbound, int port) in _frail.Ports) _wires[inbound] = new Wire(port);
        NearText = new NearConfig(identity, FarText, inbound => _wires[inbound].Port, Disk.Folder, target);
        (Near, Far, Frail) = (new Server("near", folder), new Server("far", folder), new Server("frail", folder));
    }

    public Server Near { get; }

    public Server Far { get; }

    public Server Frail { get; }

    public IEnumerable<Server> All => [Near, Far, Frail];

    public NearConfig NearText { get; }

    public FarConfig FarText { get; }

    public SmallDisk Disk { get; }

    /// <summary>The ways to the frail server, one for each of its inbounds.</summary>
    public IReadOnlyList<Wire> Wires => [.. _wires.Values];

    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Far.ConfigFile, FarText.Text());
        await File.WriteAllTextAsync(Frail.ConfigFile, _frail.Text());
        await File.WriteAllTextAsync(Near.ConfigFile, NearText.Text());
        foreach (Server server in new[] { Far, Frail, Near }) await server.StartAsync();
    }

    public void Dispose()
    {
        foreach (Server server in All) server.Dispose();
        foreach (Wire wire in _wires.Values) wire.Dispose();
        Disk.Dispose();
    }
}
