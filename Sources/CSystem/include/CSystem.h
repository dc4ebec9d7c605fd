#ifndef VARVE_CSYSTEM_H
#define VARVE_CSYSTEM_H
#endif
