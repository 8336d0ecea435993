namespace MultiExit.Engine.Errors;

/// <summary>The kinds of failure of <see cref="ProxyException"/>. Names and numbers are stable.</summary>
public enum ProxyError
{
    /// <summary>None of the others; a bug or an unexpected system error.</summary>
    Unexpected = 0,
    /// <summary>The configuration is not valid, or its file cannot be read.</summary>
    InvalidConfiguration = 1,
    /// <summary>The port is already in use.</summary>
    AddressInUse = 2,
    /// <summary>The address is not on this host.</summary>
    AddressNotAvailable = 3,
    /// <summary>The system refuses: a port below 1024 without the capability, for one.</summary>
    PermissionDenied = 4,
    /// <summary>A certificate or its key cannot be read or do not match.</summary>
    CertificateUnreadable = 5,
    /// <summary>A peer broke its protocol.</summary>
    ProtocolViolation = 6,
    /// <summary>A server of this name runs already, or there is none.</summary>
    ServerState = 7,
    /// <summary>The system's routing or firewall could not be read or changed.</summary>
    Provisioning = 8,
    /// <summary>A library that the system does not have; the message names its package.</summary>
    MissingLibrary = 9,
    /// <summary>A change was undone because its probe failed.</summary>
    ProbeFailed = 10,
    /// <summary>A server's control socket does not answer, or what answers is not a server of this program.</summary>
    ControlUnreachable = 11,
    /// <summary>The history has no version of that number.</summary>
    VersionNotFound = 12,
    /// <summary>A client that kept to its protocol was not let in: no or wrong credentials, or an address that is not allowed.</summary>
    AccessRefused = 13,
    /// <summary>More logins wait than are checked in time; the same one may succeed a little later.</summary>
    Overloaded = 14,
    /// <summary>The back-end that knows a client does not answer; the same login may succeed when it does again.</summary>
    BackEndUnavailable = 15,
    /// <summary>A group does not take an exit as a member: it takes none, has as many as it may, or the name is that of another.</summary>
    MemberRefused = 16,
    /// <summary>A running server cannot be taken over, or no new program took its place; it goes on as before.</summary>
    TakeoverFailed = 17,
    /// <summary>Whoever asks a server for a change is a reader there, and only operators change something.</summary>
    OperatorNeeded = 18,
    /// <summary>A measurement does not reach its far end, or gets no answer there.</summary>
    MeasurementFailed = 19,
    /// <summary>The store of a fleet does not answer, refuses this program, or answers what cannot be understood.</summary>
    StoreUnreachable = 20,
    /// <summary>The tables of the store are older or newer than this program.</summary>
    StoreSchema = 21,

    /// <summary>The configuration of the server is that of its fleet, and is not changed on one node alone unless that is said.</summary>
    FleetOwned = 22,

    /// <summary>A version of the fleet's configuration is being rolled out, or there is none that this could be done with.</summary>
    RolloutState = 23,
}
