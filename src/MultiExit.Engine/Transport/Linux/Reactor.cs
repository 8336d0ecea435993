using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>One thread with one epoll set. Continuations of reads and writes run inline on it, so a session whose sockets share a
/// reactor needs no other thread and no lock.</summary>
internal sealed unsafe class Reactor : IDisposable
{
    private const int MaxEvents = 256;
    private const int MaxPostedPerRound = 64;

    // So many events or posted actions, and what is due has its turn.
    private const int DueEvery = 16;

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2)).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(ulong);

    [ThreadStatic]
    private static Reactor? t_current;

    private readonly SocketHandle _epoll;
    private readonly SocketHandle _wake;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly List<Action> _due = []; // its thread's own
    private readonly Lock _growing = new();

    // Indexed by descriptor. A stale event of a closed descriptor may reach the next owner of its number: a spurious wake-up, harmless.
    private IEpollTarget?[] _targets = new IEpollTarget?[256];
    private volatile bool _stopped;
    private int _wakePending;

    public Reactor(string name)
    {
        _epoll = Open(Libc.EpollCreate(Libc.SockCloexec));
        _wake = Open(Libc.EventFd(0, Libc.PipeFlags));
        Control(Libc.EpollCtlAdd, _wake, Libc.EpollIn);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>The reactor whose thread this is; null on other threads.</summary>
    public static Reactor? Current => t_current;

    public bool IsCurrent => t_current == this;

    /// <summary>Adds a descriptor, edge-triggered. Readiness that exists already is reported as an event.</summary>
    public void Add(SafeHandle handle, IEpollTarget target, uint events)
    {
        SetTarget(DescriptorOf(handle), target);
        Control(Libc.EpollCtlAdd, handle, events | Libc.EpollEdge);
    }

    /// <summary>Changes the events waited for; present readiness is reported again.</summary>
    public void Modify(SafeHandle handle, uint events) => Control(Libc.EpollCtlMod, handle, events | Libc.EpollEdge);

    /// <summary>Forgets a descriptor that is about to be closed; closing removes it from the epoll set.</summary>
    public void Remove(SafeHandle handle) => SetTarget(DescriptorOf(handle), null);

    /// <summary>Forgets a descriptor whose socket may live on in another process, so that closing it here removes nothing from the epoll set
    /// (epoll(7), questions and answers).</summary>
    public void RemoveShared(SafeHandle handle)
    {
        SetTarget(DescriptorOf(handle), null);
        byte* ignored = stackalloc byte[16];
        _ = Libc.EpollControl(_epoll, Libc.EpollCtlDel, handle, ignored);
    }

    /// <summary>Runs the action on the reactor thread after the events at hand.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (IsCurrent || Interlocked.Exchange(ref _wakePending, 1) != 0) return;
        ulong one = 1;
        Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>On the reactor's thread: runs the action after the events at hand and before what is posted. It is as short as a write.</summary>
    public void PostDue(Action action) => _due.Add(action);

    /// <summary>Lets other sockets of this reactor have their turn: await it in a loop that could run long.</summary>
    public YieldAwaitable Yield() => new(this);

    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        Post(static () => { });
        if (!IsCurrent) _thread.Join();
        _wake.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        t_current = this;
        byte* events = stackalloc byte[MaxEvents * EventSize];
        while (!_stopped)
        {
            int count = Libc.EpollWait(_epoll, events, MaxEvents, _posted.IsEmpty ? -1 : 0);
            for (int i = 0; i < count; i++)
            {
                byte* entry = events + i * EventSize;
                Dispatch(Unsafe.ReadUnaligned<uint>(entry), (int)Unsafe.ReadUnaligned<ulong>(entry + DataOffset));
                if (i % DueEvery == DueEvery - 1) RunDue();
            }
            RunDue();
            RunPosted();
            RunDue();
        }
    }

    private void Dispatch(uint events, int descriptor)
    {
        if (descriptor == _wake.Descriptor)
        {
            ulong value;
            // In this order: the other way round the read could take a signal with it that was written for the flag's new state, and no other
            // signal would follow. An action that is posted in between is found below.
            Libc.Read(_wake, (byte*)&value, sizeof(ulong));
            Interlocked.Exchange(ref _wakePending, 0);
            return;
        }
        IEpollTarget?[] targets = Volatile.Read(ref _targets);
        if (descriptor < targets.Length) targets[descriptor]?.OnEvents(events);
    }

    private void RunPosted()
    {
        for (int i = 0; i < MaxPostedPerRound && _posted.TryDequeue(out Action? action); i++)
        {
            action();
            if (i % DueEvery == DueEvery - 1) RunDue();
        }
    }

    // One may make another one due: a write to a carrier that is carried itself.
    private void RunDue()
    {
        for (int i = 0; i < _due.Count; i++) _due[i]();
        _due.Clear();
    }

    private void SetTarget(int descriptor, IEpollTarget? target)
    {
        lock (_growing)
        {
            if (descriptor >= _targets.Length)
            {
                if (target is null) return;
                IEpollTarget?[] larger = new IEpollTarget?[Math.Max(descriptor + 1, _targets.Length * 2)];
                _targets.CopyTo(larger, 0);
                Volatile.Write(ref _targets, larger);
            }
            _targets[descriptor] = target;
        }
    }

    private void Control(int operation, SafeHandle handle, uint events)
    {
        byte* entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, (ulong)(uint)DescriptorOf(handle));
        if (Libc.EpollControl(_epoll, operation, handle, entry) < 0) throw Errno.LastException();
    }

    // Only for tables indexed by it.
    private static int DescriptorOf(SafeHandle handle) => (int)handle.DangerousGetHandle();

    private static SocketHandle Open(int descriptor) => descriptor >= 0 ? new SocketHandle(descriptor) : throw Errno.LastException();

    /// <summary>See <see cref="Reactor.Yield"/>.</summary>
    internal readonly struct YieldAwaitable(Reactor reactor) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public YieldAwaitable GetAwaiter() => this;

        public void GetResult() { }

        public void OnCompleted(Action continuation) => reactor.Post(continuation);

        public void UnsafeOnCompleted(Action continuation) => reactor.Post(continuation);
    }
}
