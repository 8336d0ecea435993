namespace MultiExit.Host;

/// <summary><c>multiexit --help</c></summary>
internal static class HelpCommand
{
    private const string Text = """
        multiexit - accepts connections in many protocols and sends each one out of the right exit

        multiexit run [--config FILE [--watch]] [--listen URL]... [--forward URL]...
            Serves until SIGTERM or SIGINT. Without options: SOCKS5 and HTTP on 127.0.0.1:1080.
              --config FILE   YAML or JSON; not together with --listen or --forward (-C does as well)
              --watch         put the file in force by itself when it has changed; a faulty one changes nothing
              --takeover      take the place of the server that answers at the file's `control`: its sockets and its state; once all is
                              ready the other one stops accepting and drains. If this one does not get ready, nothing changes (Linux)
              --listen URL    socks5://, http://, mixed:// [user:pass@]host:port, tcp:// or udp://host:port/target:port (-L)
              --forward URL   the upstream proxy that everything goes through; several are a chain, the first hop first (-F).
                              Several hosts with commas, or ?strategy=, are a group: socks5://a:1080,b:1080?strategy=random
            ECH tunnel: with any of these letters ws:// and wss:// are ECH tunnels.
              -l URL          ws:// or wss://host:port/path, tcp://listen/target,listen/target, proxy://[user:pass@]host:port
              -f URL          ws:// or wss://host:port/path
              -token TEXT     of both sides; better in a file: wss://host:port/path?token_file=FILE
              -cidr NETS      server: where clients may come from; -cert FILE, -key FILE: PEM, without them self-signed
              -n COUNT        client: channels to each address (3); -ip ADDRS: addresses to dial
              -dns URL        client: DoH resolver for ECH; -ech NAME: whose config; -fallback: show the name when ECH fails
            SIGTERM, SIGINT   stop accepting, wait for live sessions (limits.drain_timeout), exit 0; a second one ends at once
            SIGHUP            read the configuration file again; when it has faults the running one stays.
                              Without --config: like SIGTERM.

        multiexit upgrade --config FILE | --socket PATH
            Lets the server behind the control socket start its program again, which takes over: no connection is refused or cut.
            The process of before drains its sessions for as long as limits.drain_timeout says.

        multiexit check --config FILE [--text-only | --preflight]
            Prints a summary of the file, or all its faults as file:line:column: path: message [kind], and what a start would
            warn of. Kinds: text, the document itself; machine, something that it names is not here (a file, an environment
            variable, an address).
              --text-only     checks the text without this machine: secrets, certificates and addresses need not be here
              --preflight     also what this machine has for it: capabilities, ports and who holds them, descriptors, certificates,
                              the clock, resolvers (one query each) and more, each with what helps; 3 where one is an error
        multiexit check --socket PATH
            Asks the server behind the control socket instead: exit code 0 when it takes connections. For health checks.

        multiexit convert FILE | URL... [--listen URL]... [--forward URL]...
            Prints the native document of a file of another program (gost, ss-server, ss-local, lightsocks,
            multiexit-proxy, socks5-websocket-proxy) or of URLs, those of ech-tunnel with its letters as well. Secrets stand in it. A URL
            without --listen or --forward before it is an upstream, unless it has no host to go to.

        multiexit route explain --config FILE | --socket PATH --destination HOST:PORT
            Prints which rule, groups and exit a connection would take, with its source address, mark and table, and why the
            others not, for each inbound. Dials nothing; says what a server that has just started with the file would do, or
            what the one behind the control socket would do now.
              --inbound NAME    through this inbound only
              --user NAME       as this user
              --client ADDRESS  from this address; without it groups that bind clients may take any member
              --local ADDRESS   coming in on this address, which rules on local_networks ask for
              --network udp     about datagrams
              --resolve true    looks up the destination's name, which rules on networks ask for

        multiexit sessions find --config FILE | --socket PATH
            Prints the records of sessions that have ended, newest first, as lines of the access log: of the server behind the
            control socket, or of the files that the configuration names, whether its server runs or not.
              --source ADDRESS[:PORT]   of the connection that left, as its peer saw it
              --at TIME                 sessions that lived then; 14:03 is one of today
              --within DURATION         how exact that is (1m)
              --user NAME, --exit NAME, --destination HOST[:PORT], --outcome WORD
              --since TIME, --until TIME   sessions that ended then or later, then or earlier
              --limit COUNT             the newest, this many
              --json                    one JSON object a line

        multiexit exits publish --socket PATH --group GROUP [--name NAME] [--expires DURATION]
            Publishes an exit into a group with `publish`, or lets it last longer. The exit comes from standard input, since a
            password may be in it: a URL, or a JSON object with the keys of an exit.
        multiexit exits unpublish --socket PATH --group GROUP --name NAME
            Takes it out again; its sessions go on.
        multiexit exits members --socket PATH --group GROUP
            Prints the exits that are members of the group at run time.

        multiexit control [NAME] [--socket PATH]...
            Joins standard input and output with the control sockets of this host, for Connect-MxServer: ssh runs it here. Without a
            name all servers are reached, without --socket those of /run/multiexit. As the command of a key in authorized_keys it is
            all that the key is good for: restrict,command="multiexit control" ssh-ed25519 ...

        multiexit snat plan|apply|verify|remove --config FILE
            Policy routing and source NAT of the direct exits: prints the commands, makes them (all or none), compares the
            system with them, removes what was made. All but plan need CAP_NET_ADMIN.

        multiexit redirect plan|apply|verify|remove --config FILE
            The same for the rules of nftables, and the routes, that lead a network's connections and datagrams to the
            transparent inbounds (`redirect` of an inbound).

        multiexit store init|check --config FILE
            The database of PostgreSQL that the nodes of a fleet share (`fleet`): makes its tables or brings them to the version
            of this program, with a role that may; says whether they have it. There is no way back to an older version.

        multiexit hash [--algorithm argon2id|scrypt|bcrypt]
            Prints the hash of a password, for `password_hash` of a user. The password comes from a prompt, or is the first line
            of standard input; it is never an argument, which every user of the machine would see.
              --memory KIB, --passes COUNT, --lanes COUNT     argon2id (19456, 2, 1)
              --cost NUMBER, --block-size SIZE, --lanes COUNT scrypt, whose cost is the logarithm of N (17, 8, 1)
              --cost NUMBER                                   bcrypt (12)

        multiexit schema [--control]
            Prints the JSON schema (2020-12) of a configuration, for editors.
              --control   the OpenAPI document (3.1) of the control endpoint, as GET /openapi.json answers it

        multiexit dsc get|set|test|export|schema server|user|exit|snat
            A resource of Desired State Configuration 3: an instance comes from standard input as JSON, its state is printed.

        multiexit version

        Exit codes
            0  done                        4  the address is in use or not on this host
            1  unexpected failure          5  the system refused permission
            2  wrong command line          6  a certificate or key cannot be used
            3  configuration not valid    7  the system's routing or firewall differs or was refused
                                          8  a library is missing

        Environment
            NOTIFY_SOCKET           systemd's socket; readiness, reload and stop are told there
            CREDENTIALS_DIRECTORY   the folder of the secrets that a configuration names as { credential: name }
            OTEL_EXPORTER_OTLP_ENDPOINT, and the others of OpenTelemetry: metrics are pushed there, unless metrics.otlp says where
        """;

    public static ExitCode Run(TextWriter output)
    {
        output.WriteLine(Text);
        return ExitCode.Ok;
    }
}
