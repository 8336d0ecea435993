using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Many reloads beneath live connections.</summary>
public sealed class ReloadTests
{
    private const int Reloads = 100;
    private const int Transfers = 200;
    private const int BlockLength = 4096;

    [Fact]
    public async Task Transfers_survive_a_hundred_reloads_totals_never_go_down_and_nobody_is_refused()
    {
        using EchoServer target = new();
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, Config(0));
        ManagedServer server = await ManagedServer.StartAsync(ConfigLoader.LoadFile(file));
        await using (server)
        {
            int port = server.Gateway.GetStatus().Listeners[0].EndPoint.Port;
            TaskCompletionSource[] reloaded = [.. Enumerable.Range(0, Reloads)
                .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
            List<Task> transfers = [];
            for (int i = 0; i < Transfers; i++) transfers.Add(TransferAsync(await SocksClient.ConnectAsync(port, target.EndPoint), i, reloaded));
            ServerStatus last = server.Gateway.GetStatus();
            Assert.Equal(Transfers, last.Sessions);
            for (int reload = 0; reload < Reloads; reload++)
            {
                await File.WriteAllTextAsync(file, Config(reload + 1));
                Task opening = reload % 2 == 0 ? OpenAsync(port, target.EndPoint) : Task.CompletedTask;
                ConfigResult result = await server.ReloadFileAsync(ConfigChange.HangUp).WaitAsync(HostProcess.Limit);
                Assert.Empty(result.Errors);
                reloaded[reload].SetResult();
                await opening.WaitAsync(HostProcess.Limit);
                ServerStatus now = server.Gateway.GetStatus();
                Assert.True(now.TotalSessions >= last.TotalSessions && now.BytesUp >= last.BytesUp && now.BytesDown >= last.BytesDown);
                Assert.Equal((0, 0), (now.Rejected, now.Failed));
                last = now;
            }
            await Task.WhenAll(transfers).WaitAsync(HostProcess.Limit);
            Assert.Equal(Transfers + (Reloads / 2), server.Gateway.GetStatus().TotalSessions);
            Assert.Equal(20, server.GetVersions().Count);
            Assert.Equal(Reloads + 1, server.Version!.Number);
        }
    }

    // A block is on its way during each reload.
    private static async Task TransferAsync(Socket socket, int seed, TaskCompletionSource[] reloaded)
    {
        using (socket)
        {
            using IncrementalHash sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using IncrementalHash received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using NetworkStream stream = new(socket);
            Random random = new(seed);
            byte[] block = new byte[BlockLength];
            byte[] back = new byte[BlockLength];
            foreach (TaskCompletionSource reload in reloaded)
            {
                random.NextBytes(block);
                sent.AppendData(block);
                await stream.WriteAsync(block).AsTask().WaitAsync(HostProcess.Limit);
                await reload.Task.WaitAsync(HostProcess.Limit);
                await stream.ReadExactlyAsync(back).AsTask().WaitAsync(HostProcess.Limit);
                received.AppendData(back);
            }
            Assert.Equal(sent.GetHashAndReset(), received.GetHashAndReset());
        }
    }

    private static async Task OpenAsync(int port, IPEndPoint target)
    {
        using Socket socket = await SocksClient.ConnectAsync(port, target);
        await SocksClient.EchoAsync(socket);
    }

    // Other exits, another rule, a listener that comes and goes.
    private static string Config(int number) => $$"""
        inbounds:
          - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
          {{(number % 3 == 0 ? "- { name: more, type: http, listen: \"127.0.0.1:0\" }" : "")}}
        exits: [{ name: exit{{number % 4}}, type: direct, weight: {{number + 1}} }]
        routes: [{ ports: [{{number + 1}}], exit: block }]
        default: exit{{number % 4}}
        history: { directory: history, keep: 20 }
        """;
}
