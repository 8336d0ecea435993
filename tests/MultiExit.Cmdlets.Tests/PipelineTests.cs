using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Objects of one cmdlet through the pipeline into another: each stands for itself, and for its server.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    // Two servers of one configuration, so that an effect beyond the object's server is seen.
    public PipelineTests()
    {
        _target.Start();
        foreach (string name in (string[])["edge", "other"])
        {
            string file = _folder.Write($"{name}.yaml", $$"""
                name: {{name}}
                inbounds:
                  - { name: web, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 }, bob: { password: b1 } } }
                  - { name: open, type: socks5, listen: "127.0.0.1:0" }
                exits:
                  - { name: wan1, type: direct }
                  - { name: wan2, type: direct }
                routes:
                  - { users: [bob], exit: wan2 }
                default: wan1
                limits: { lockout: { failures: 1 } }
                history: { directory: "{{_folder[$"history-{name}"]}}" }
                """);
            int[] ports = [.. Run($"(Start-MxServer '{file}' -PassThru).Listeners.EndPoint.Port").Select(port => (int)port.BaseObject)];
            Connect(ports[0], "alice", "a1");
            Connect(ports[0], "bob", "b1");
            Connect(ports[1], null, null);
            FailToLogIn(ports[0]);
        }
    }

    public void Dispose()
    {
        foreach (TcpClient client in _clients) client.Dispose();
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _target.Dispose();
        _folder.Dispose();
    }

    private const string Unlock = "Unlock-MxClient -PassThru | % { \"$($_.Server)/$_\" }";

    // The last output, and the part of it that stands for the whole: each has to be of the server edge only.
    private static readonly (string Source, string Sink, string Expected)[] Rows =
    [
        ("Get-MxServer edge", "Get-MxServer", "edge"),
        ("Get-MxServer edge", "Get-MxExit | % { \"$($_.Server)/$_\" }", "edge/direct edge/block edge/wan1 edge/wan2"),
        ("Get-MxServer edge", "Get-MxExit wan1 | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxServer edge", "Get-MxMetric *start.time | % { \"$($_.Server)/$_\" }", "edge/multiexit.start.time"),
        ("Get-MxMetric *start.time -Server edge", "Get-MxServer", "edge"),
        ("Get-MxServer edge", "Get-MxUser | % { \"$($_.Server)/$_\" }", "edge/alice edge/bob"),
        ("Get-MxServer edge", "Get-MxUser bob | % { \"$($_.Server)/$_\" }", "edge/bob"),
        ("Get-MxServer edge", "Get-MxSession | % { \"$($_.Server)/$($_.User)\" }", "edge/alice edge/bob edge/"),
        ("Get-MxServer edge", "Get-MxSession -User bob | % { \"$($_.Server)/$($_.User)\" }", "edge/bob"),
        ("Get-MxServer edge", "Get-MxConfig | % Name", "edge"),
        ("Get-MxServer edge", "Get-MxConfigVersion | % Name", "edge"),
        ("Get-MxServer edge", "Compare-MxConfigVersion -Version 1 | % Path", ""),
        ("Get-MxServer edge", "Set-MxConfig -Set @{ 'limits.connections' = 7 } -PassThru | % Name", "edge"),
        ("Get-MxServer edge", "Set-MxUser bob -Connections 3 -PassThru | % Server", "edge"),
        ("Get-MxServer edge", "Disable-MxExit wan1 -PassThru | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxServer edge", "Set-MxExit wan1 -Weight 2 -PassThru -WarningAction Ignore | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxServer edge", "Test-MxExit wan1 tcp://127.0.0.1:9 | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan1"),
        ("Get-MxServer edge", "Test-MxRoute 192.0.2.1:1 -Inbound open | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan1"),
        ("Get-MxServer edge", Unlock, "edge/127.0.0.1"),
        ("Get-MxServer edge", "Stop-MxSession -Id 1 -PassThru | % Server", "edge"),
        ("Get-MxServer edge", "Test-MxConfig | % { Split-Path -Leaf $_.Path }", "edge.yaml"),
        ("Get-MxServer edge", "Stop-MxServer -PassThru", "edge"),
        ("Get-MxConfig edge", "Get-MxConfigVersion | % Name", "edge"),
        ("Get-MxConfig edge", "Get-MxServer", "edge"),
        ("Get-MxConfig edge", "Save-MxConfig -PassThru | % Name", "edge.yaml"),
        ("Get-MxConfig edge", "Get-MxExit wan1 | % Server", "edge"),
        ("Get-MxConfig edge", "Get-MxUser bob | % Server", "edge"),
        ("Get-MxConfig edge", "Test-MxConfig | % { Split-Path -Leaf $_.Path }", "edge.yaml"),
        ("Get-MxConfigVersion edge", "Compare-MxConfigVersion | % Path", ""),
        ("Get-MxConfigVersion edge", "Restore-MxConfigVersion -PassThru | % Name", "edge"),
        ("Get-MxConfigVersion edge", "Get-MxServer", "edge"),
        ("Get-MxConfigVersion -HistoryPath history-edge", "Compare-MxConfigVersion | % Path", ""),
        ("Get-MxExit wan1 -Server edge", "Test-MxExit -Target tcp://127.0.0.1:9 | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan1"),
        ("Get-MxExit wan1 -Server edge", "Disable-MxExit -PassThru | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxExit wan1 -Server edge", "Enable-MxExit -PassThru | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxExit wan1 -Server edge", "Set-MxExit -Weight 2 -PassThru -WarningAction Ignore | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Get-MxExit wan2 -Server edge", "Get-MxSession | % { \"$($_.Server)/$($_.User)\" }", "edge/bob"),
        ("Get-MxExit wan1 -Server edge", "Get-MxServer", "edge"),
        ("Get-MxExit wan1 -Server edge", "Get-MxConfig | % Name", "edge"),
        ("Test-MxExit wan1 -Server edge tcp://127.0.0.1:9", "Disable-MxExit -PassThru | % { \"$($_.Server)/$_\" }", "edge/wan1"),
        ("Test-MxExit wan1 -Server edge tcp://127.0.0.1:9", "Get-MxServer", "edge"),
        ("Get-MxUser bob -Server edge", "Get-MxSession | % { \"$($_.Server)/$($_.User)\" }", "edge/bob"),
        ("Get-MxUser bob -Server edge", "Set-MxUser -Connections 3 -PassThru | % { \"$($_.Server)/$_\" }", "edge/bob"),
        ("Get-MxUser bob -Server edge", "Test-MxRoute 192.0.2.1:1 -Inbound web | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan2"),
        ("Get-MxUser bob -Server edge", "Get-MxServer", "edge"),
        ("Get-MxSession edge -User bob", "Stop-MxSession -PassThru | % { \"$($_.Server)/$($_.User)\" }", "edge/bob"),
        ("Get-MxSession edge -User bob", "Test-MxRoute | % { \"$($_.Server)/$($_.User)/$($_.Exit)\" }", "edge/bob/wan2"),
        ("Get-MxSession edge -User bob", "Test-MxExit -Target tcp://127.0.0.1:9 | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan2"),
        ("Get-MxSession edge -User bob", "Disable-MxExit -PassThru | % { \"$($_.Server)/$_\" }", "edge/wan2"),
        ("Get-MxSession edge -User bob", "Get-MxServer", "edge"),
        ("Get-MxSession edge -User bob", "Get-MxSession | % { \"$($_.Server)/$($_.User)\" }", "edge/bob"),
        ("Get-MxSession edge -Inbound open", "Get-MxSession | % { \"$($_.Server)/$($_.Inbound)\" }", "edge/open"),
        ("Get-MxSession edge -User bob", Unlock, "edge/127.0.0.1"),
        ("Test-MxRoute 192.0.2.1:1 -Server edge -Inbound open", "Test-MxExit -Target tcp://127.0.0.1:9 | % { \"$($_.Server)/$($_.Exit)\" }", "edge/wan1"),
        ("Test-MxRoute 192.0.2.1:1 -Server edge -Inbound open", "Get-MxServer", "edge"),
        ("(Get-MxServer edge).Listeners[1]", "Get-MxSession -Server edge | % { \"$($_.Server)/$($_.Inbound)\" }", "edge/open"),
        ("Test-MxConfig edge.yaml", "Test-MxConfig | % { Split-Path -Leaf $_.Path }", "edge.yaml"),
        ("Test-MxConfig edge.yaml", "Start-MxServer -Name third -WhatIf", ""),
        ("'edge'", "Get-MxExit wan1 | % Server", "edge"),
        ("'edge'", "Get-MxServer", "edge"),
    ];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_object_binds_to_the_next_cmdlet(string source, string sink, string expected) => Check(source, sink, expected);

    public static TheoryData<string, string, string> Pairs => Of(Rows);

    // One for each kind of object.
    public static TheoryData<string, string, string> OfEachSource => Of(Rows.DistinctBy(row => row.Source));

    [Theory]
    [MemberData(nameof(OfEachSource))]
    public void An_object_that_was_sent_through_a_job_binds_as_well(string source, string sink, string expected) =>
        Check($"[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(({source}), 1))", sink, expected);

    [Fact]
    public void A_locked_client_is_unlocked_where_it_is_locked()
    {
        // The client is locked out of both servers. No cmdlet lists such clients: -PassThru writes those that were let in.
        Run("[pscustomobject]@{ Server = 'edge'; Client = '192.0.2.7' }, "
            + "[pscustomobject]@{ Server = 'edge'; Client = [ipaddress]'2001:db8::1' } | Unlock-MxClient");
        Check("[pscustomobject]@{ Server = 'edge'; Client = '127.0.0.1' }", Unlock, "edge/127.0.0.1");
        Check("'127.0.0.1'", Unlock, "other/127.0.0.1");
        Check("'127.0.0.1'", Unlock, "");
    }

    [Theory]
    [InlineData("-User $nobody")]
    [InlineData("-Exit @()")]
    public void A_filter_of_sessions_that_is_empty_by_mistake_is_not_all_of_them(string filter) =>
        Assert.StartsWith("NothingGiven,", _session.Fail($"Get-MxSession {filter} | Stop-MxSession").FullyQualifiedErrorId, StringComparison.Ordinal);

    private static TheoryData<string, string, string> Of(IEnumerable<(string Source, string Sink, string Expected)> rows)
    {
        TheoryData<string, string, string> data = [];
        foreach ((string source, string sink, string expected) in rows) data.Add(source, sink, expected);
        return data;
    }

    private void Check(string source, string sink, string expected)
    {
        Run($"Set-Location -LiteralPath '{_folder.Path}'");
        Assert.Equal(expected, string.Join(' ', Run($"{source} | {sink}").Select(output => $"{output}")));
    }

    private void Connect(int port, string? user, string? password)
    {
        TcpClient client = new();
        _clients.Add(client);
        client.Connect(IPAddress.Loopback, port);
        client.ReceiveTimeout = (int)Session.Limit.TotalMilliseconds;
        NetworkStream stream = client.GetStream();
        // RFC 1928 and 1929
        if (user is null) Exchange(stream, [5, 1, 0], 2);
        else
        {
            Exchange(stream, [5, 1, 2], 2);
            Exchange(stream, [1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password!.Length, .. Encoding.ASCII.GetBytes(password)], 2);
        }
        int target = ((IPEndPoint)_target.LocalEndpoint).Port;
        Assert.Equal(0, Exchange(stream, [5, 1, 0, 1, 127, 0, 0, 1, (byte)(target >> 8), (byte)target], 10)[1]);
    }

    // One failure is as many as the configuration allows: the client is locked out from here on.
    private static void FailToLogIn(int port)
    {
        using TcpClient client = new(AddressFamily.InterNetwork) { ReceiveTimeout = (int)Session.Limit.TotalMilliseconds };
        client.Connect(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        Exchange(stream, [5, 1, 2], 2);
        stream.Write([1, 1, (byte)'a', 1, (byte)'b']);
        // It is locked out by the time the connection ends, with an answer or without one.
        Assert.ThrowsAny<IOException>(() => stream.ReadExactly(new byte[3]));
    }

    private static byte[] Exchange(NetworkStream stream, byte[] request, int length)
    {
        stream.Write(request);
        byte[] answer = new byte[length];
        stream.ReadExactly(answer);
        return answer;
    }

    private IReadOnlyList<PSObject> Run(string script)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(script);
        Assert.Empty(errors);
        return output;
    }
}
