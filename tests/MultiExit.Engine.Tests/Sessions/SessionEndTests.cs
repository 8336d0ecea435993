using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions;

public sealed class SessionEndTests
{
    [Fact]
    public async Task The_table_is_not_empty_before_the_last_session_has_its_record()
    {
        using Recorder recorder = new();
        SessionTable table = new(TimeProvider.System, recorder: recorder);
        Session session = table.Open(Pools.From("192.0.2.1").Request!);
        Task ending = Task.Run(session.Dispose);
        await Wait.UntilAsync(() => recorder.IsAsked);
        Assert.Equal(1, table.Count);
        Task empty = table.WhenEmptyAsync();
        Assert.False(empty.IsCompleted);
        recorder.Go.Set();
        await empty.WaitAsync(TestTransports.Patience);
        await ending;
        Assert.Equal(0, table.Count);
    }

    private sealed class Recorder : ISessionRecorder, IDisposable
    {
        private volatile bool _isAsked;

        public ManualResetEventSlim Go { get; } = new();

        public bool IsAsked => _isAsked;

        public bool IsOn => true;

        public ITrafficSink? Traffic => null;

        public void Record(SessionRecord record)
        {
            _isAsked = true;
            Go.Wait(TestTransports.Patience);
        }

        public void Dispose() => Go.Dispose();
    }
}
