using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Provisioning;

public sealed class SnatLockTests
{
    private const string NoSnat = "this system has no abstract sockets, and no source NAT of ours to lock";

    private readonly string _name = $"@multiexit-{Guid.NewGuid()}";
    private readonly ManualTimeProvider _time = new();

    [LinuxFact(NoSnat)]
    public async Task One_at_a_time()
    {
        Task<IDisposable> second;
        using (await SnatLock.TakeAsync(_name, _time, default))
        {
            second = SnatLock.TakeAsync(_name, _time, default);
            _time.Advance(TimeSpan.FromSeconds(29));
            await _time.WaitForTimersAsync(1);
            Assert.False(second.IsCompleted);
        }
        _time.Advance(TimeSpan.FromMilliseconds(50));
        using IDisposable held = await second.WaitAsync(TestTransports.Patience);
    }

    [LinuxFact(NoSnat)]
    public async Task Who_waits_too_long_is_told()
    {
        using IDisposable held = await SnatLock.TakeAsync(_name, _time, default);
        Task<IDisposable> second = SnatLock.TakeAsync(_name, _time, default);
        _time.Advance(TimeSpan.FromSeconds(30));
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => second.WaitAsync(TestTransports.Patience));
        Assert.Equal($"another process has been changing the set-up for 30 s (`ss -xlp | grep {_name}` names it); nothing has changed; try again when it has ended", fault.Message);
    }
}
