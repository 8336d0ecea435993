using System.Runtime.Versioning;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Provisioning;

public sealed class SetupLockTests : IDisposable
{
    private const string NoSnat = "this system has no source NAT of ours to lock";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private string Lock => _folder["snat.lock"];

    [LinuxFact(NoSnat)]
    public async Task One_holder_at_a_time_has_the_lock()
    {
        Task<IDisposable> second;
        using (await SetupLock.TakeAsync(Lock, _time, default))
        {
            second = SetupLock.TakeAsync(Lock, _time, default);
            _time.Advance(TimeSpan.FromSeconds(29));
            await _time.WaitForTimersAsync(1);
            Assert.False(second.IsCompleted);
        }
        _time.Advance(TimeSpan.FromMilliseconds(50));
        using IDisposable held = await second.WaitAsync(TestTransports.Patience);
    }

    [LinuxFact(NoSnat), UnsupportedOSPlatform("windows")]
    public async Task Who_waits_too_long_is_told()
    {
        using IDisposable held = await SetupLock.TakeAsync(Lock, _time, default);
        Task<IDisposable> second = SetupLock.TakeAsync(Lock, _time, default);
        _time.Advance(TimeSpan.FromSeconds(30));
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => second.WaitAsync(TestTransports.Patience));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Lock));
        Assert.Equal(
            $"another process has been changing the set-up for 30 s (it holds {Lock}: `fuser -v {Lock}` names it); "
            + "nothing has changed; try again when it has ended",
            fault.Message);
    }

    [LinuxFact(NoSnat)]
    public async Task A_local_user_who_holds_a_name_holds_nobody_up()
    {
        using IDisposable? name = UnixSocket.TryHold("multiexit-snat");
        using IDisposable? same = UnixSocket.TryHold(Path.GetFileNameWithoutExtension(Lock));
        using IDisposable held = await SetupLock.TakeAsync(Lock, _time, default).WaitAsync(TestTransports.Patience);
    }

    [LinuxFact(NoSnat)]
    public async Task Where_the_file_cannot_be_made_a_name_is_the_lock()
    {
        string path = $"/proc/multiexit-{Guid.NewGuid():N}.lock";
        using IDisposable held = await SetupLock.TakeAsync(path, _time, default);
        Task<IDisposable> second = SetupLock.TakeAsync(path, _time, default);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<ProxyException>(() => second.WaitAsync(TestTransports.Patience));
    }

    [LinuxFact(NoSnat)]
    public void Each_network_namespace_has_a_lock_of_its_own() => Assert.Matches("^/run/multiexit-snat-[1-9][0-9]+\\.lock$", SetupLock.SystemPath);

    public void Dispose() => _folder.Dispose();
}
