"""`python -m conformance` is `kaltura-conformance`."""

from conformance.cli.main import main

if __name__ == "__main__":
    main()
