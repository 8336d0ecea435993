using System.Runtime.InteropServices;
using MultiExit.Engine.Files;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Files;

/// <summary>Locks that another process takes over.</summary>
public sealed class FileLockTests
{
    [LinuxFact("descriptors are passed with the calls of Linux")]
    public async Task A_lock_that_was_handed_over_is_kept_when_its_first_owner_leaves_it()
    {
        using TemporaryFolder folder = new();
        FileClaim first = FileClaim.TryTake(folder["f"])!;
        FileClaim second = FileClaim.Adopt(folder["f"], await DuplicateAsync(folder["s"], first.Handle!));
        first.Leave();
        Assert.Null(FileClaim.TryTake(folder["f"]));
        FileClaim third = FileClaim.Adopt(folder["f"], await DuplicateAsync(folder["t"], second.Handle!));
        second.Leave();
        Assert.Null(FileClaim.TryTake(folder["f"]));
        third.Dispose();
        using FileClaim? again = FileClaim.TryTake(folder["f"]);
        Assert.NotNull(again);
    }

    [LinuxFact("descriptors are passed with the calls of Linux")]
    public async Task A_process_that_gives_a_lock_up_again_takes_nothing_from_its_owner()
    {
        using TemporaryFolder folder = new();
        using FileClaim first = FileClaim.TryTake(folder["f"])!;
        FileClaim.Adopt(folder["f"], await DuplicateAsync(folder["s"], first.Handle!)).Dispose();
        Assert.Null(FileClaim.TryTake(folder["f"]));
    }

    private static async Task<SafeHandle> DuplicateAsync(string path, SafeHandle handle)
    {
        using UnixListener listener = new(path);
        await using DuplexStream client = await UnixSocket.ConnectAsync(path, default);
        await using DuplexStream server = (await listener.AcceptAsync())!;
        await UnixSocket.SendDescriptorsAsync(server, [handle], default);
        return Assert.Single(await UnixSocket.ReceiveDescriptorsAsync(client, 1, default));
    }
}
