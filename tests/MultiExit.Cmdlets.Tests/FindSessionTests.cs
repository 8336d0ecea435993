using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Find-MxSession: the records of sessions that have ended.</summary>
public sealed class FindSessionTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Sessions_that_have_ended_are_found_by_where_they_left_from()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        string file = Path.Combine(_folder.Path, "kept.yaml");
        await File.WriteAllTextAsync(file,
            $"name: kept\ninbounds: [{{ name: in, type: forward, listen: \"127.0.0.1:0\", target: \"{target.LocalEndpoint}\" }}]\nrecords: {{ path: r.db }}\n");
        string port = $"{Assert.Single(_session.Run($"(Start-MxServer '{file}' -PassThru).Listeners[0].EndPoint.Port").Output)}";
        List<EndPoint> sources = [];
        for (int i = 0; i < 3; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, int.Parse(port));
            using Socket served = await target.AcceptSocketAsync().WaitAsync(Session.Limit);
            sources.Add(served.RemoteEndPoint!);
        }
        DateTime end = DateTime.UtcNow + Session.Limit;
        while (_session.Run("Find-MxSession").Output.Count < 3) Assert.True(DateTime.UtcNow < end, "the records did not come");

        PSObject found = Assert.Single(_session.Run($"Find-MxSession -Source {sources[1]} -At (Get-Date)").Output);
        Assert.Equal(sources[1], found.Properties["Source"].Value);
        Assert.NotNull(found.Properties["Ended"].Value);
        Assert.Equal("kept", found.Properties["Server"].Value);
        Assert.Equal(2, _session.Run("Find-MxSession kept -First 2").Output.Count);
        Assert.Empty(_session.Run("Find-MxSession -Until (Get-Date).AddHours(-1)").Output);
        Assert.StartsWith("NotUnderstood,", _session.Fail("Find-MxSession -Source nowhere").FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
