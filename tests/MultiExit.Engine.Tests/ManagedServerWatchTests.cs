using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The watched file: which events count as a change, and the effect of a fault.</summary>
public sealed class ManagedServerWatchTests
{
    [Fact]
    public async Task A_changed_file_is_in_force_once_it_has_settled()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        IPEndPoint before = edge.Server.Gateway.GetStatus().Listeners[0].EndPoint;
        await LookTwiceAsync(edge);
        edge.Write(edge.Text(2));
        await LookAsync(edge);
        Assert.Equal(1, edge.Weight);
        edge.Write(edge.Text(3));
        await LookAsync(edge);
        Assert.Equal(1, edge.Weight);
        await LookAsync(edge);
        Assert.Equal(3, edge.Weight);
        Assert.Equal([(1, ConfigChange.Start, ConfigOutcome.Applied), (2, ConfigChange.File, ConfigOutcome.Applied)], edge.Versions);
        Assert.Equal(before, edge.Server.Gateway.GetStatus().Listeners[0].EndPoint);
    }

    [Fact]
    public async Task The_noise_of_the_folder_and_a_rewritten_same_text_change_nothing()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        GatewayConfig config = edge.Server.Gateway.Config;
        File.WriteAllText(edge["edge.yaml~"], "nonsense");
        edge.Write(edge.Text(1));
        await LookTwiceAsync(edge);
        await LookTwiceAsync(edge);
        Assert.Same(config, edge.Server.Gateway.Config);
        Assert.Null(edge.Server.LastReloadError);
    }

    [Fact]
    public async Task A_file_that_is_replaced_recreated_or_behind_swapped_links_is_followed()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        File.WriteAllText(edge["next"], edge.Text(2));
        File.Move(edge["next"], edge.File, overwrite: true);
        await LookTwiceAsync(edge);
        Assert.Equal(2, edge.Weight);

        File.Delete(edge.File);
        await LookTwiceAsync(edge);
        Assert.Contains("does not exist", edge.Server.LastReloadError, StringComparison.Ordinal);
        Assert.Equal(2, edge.Weight);
        edge.Write(edge.Text(2));
        await LookTwiceAsync(edge);
        Assert.Null(edge.Server.LastReloadError);
        edge.Write(edge.Text(3));
        await LookTwiceAsync(edge);
        Assert.Equal(3, edge.Weight);

        // As Kubernetes mounts a ConfigMap: the file is a link into a folder that is itself a link.
        foreach (int weight in (int[])[4, 5])
        {
            Directory.CreateDirectory(edge[$"data{weight}"]);
            File.WriteAllText(Path.Combine(edge[$"data{weight}"], "edge.yaml"), edge.Text(weight));
        }
        Directory.CreateSymbolicLink(edge["current"], "data4");
        File.Delete(edge.File);
        File.CreateSymbolicLink(edge.File, Path.Combine("current", "edge.yaml"));
        await LookTwiceAsync(edge);
        Assert.Equal(4, edge.Weight);
        Directory.Delete(edge["current"]);
        Directory.CreateSymbolicLink(edge["current"], "data5");
        await LookTwiceAsync(edge);
        Assert.Equal(5, edge.Weight);
    }

    [Fact]
    public async Task A_faulty_file_is_logged_once_and_told_until_a_good_one_comes()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        edge.Write("inbounds: [{ name: a, type: mixd }]");
        for (int i = 0; i < 5; i++) await LookTwiceAsync(edge);
        Assert.Contains("edge.yaml:1:", edge.Server.LastReloadError, StringComparison.Ordinal);
        Assert.Equal(1, edge.Weight);
        edge.Write(edge.Text(2));
        await LookTwiceAsync(edge);
        Assert.Null(edge.Server.LastReloadError);
        Assert.Equal(2, edge.Weight);
        await edge.StopAsync();
        Assert.Equal(2, edge.Log.Split("MX1004").Length);
        Assert.Equal(2, edge.Log.Split("MX1003").Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_cannot_be_bound_or_read_changes_nothing_until_the_file_is_touched(bool certificate)
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        using ISocketListener busy = transport.Listen(OwnEndPoints.Next());
        using SelfSignedFiles one = SelfSignedFiles.Create("a"), two = SelfSignedFiles.Create("b");
        File.Copy(one.CertificateFile, edge["cert.pem"]);
        File.Copy(certificate ? two.KeyFile : one.KeyFile, edge["key.pem"]);
        string second = certificate
            ? "{ name: tls, type: http, listen: \"127.0.0.1:0\", tls: { cert: cert.pem, key: key.pem } }"
            : $"{{ name: two, type: http, listen: \"{busy.LocalEndPoint}\" }}";
        edge.Write(edge.Text(2, ManagedEdge.Inbound + ", " + second));
        for (int i = 0; i < 3; i++) await LookTwiceAsync(edge);
        Assert.Equal(1, edge.Weight);
        Assert.Single(edge.Server.Gateway.GetStatus().Listeners);
        Assert.NotNull(edge.Server.LastReloadError);
        Assert.Single(edge.Server.GetVersions());

        // The obstacle is gone; writing the same text again triggers another attempt.
        if (certificate) File.Copy(one.KeyFile, edge["key.pem"], overwrite: true);
        else busy.Dispose();
        File.SetLastWriteTimeUtc(edge.File, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await LookTwiceAsync(edge);
        Assert.Null(edge.Server.LastReloadError);
        Assert.Equal(2, edge.Weight);
        await edge.StopAsync();
        Assert.Equal(2, edge.Log.Split("MX1004").Length);
    }

    private static async Task LookTwiceAsync(ManagedEdge edge)
    {
        await LookAsync(edge);
        await LookAsync(edge);
    }

    private static async Task LookAsync(ManagedEdge edge) => await edge.Server.Watch!.LookAsync().WaitAsync(TestTransports.Patience);
}
